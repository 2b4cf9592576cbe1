/** 常用语: one press puts the words at the cursor of the text field used last, or of the form's first one. */
export function watchPhrases(page: Document): void {
  let last: HTMLTextAreaElement | null = null

  const show = (): void => {
    for (const button of page.querySelectorAll<HTMLButtonElement>('button[data-phrase]')) button.hidden = false
  }

  page.addEventListener('focusin', (event) => {
    if (event.target instanceof HTMLTextAreaElement) last = event.target
  })

  page.addEventListener('click', (event) => {
    const button = event.target instanceof HTMLElement ? event.target.closest<HTMLElement>('button[data-phrase]') : null
    const form = button?.closest('form')
    if (!button || !form) return
    const words = page.getElementById(button.dataset['phrase'] ?? '')?.textContent ?? ''
    const field = last && last.form === form ? last : form.querySelector('textarea')
    const said = form.querySelector<HTMLElement>('[data-phrase-said]')
    if (!field) {
      if (said) said.textContent = said.dataset['none'] ?? ''
      return
    }
    field.setRangeText(words, field.selectionStart, field.selectionEnd, 'end')
    // A draft is kept by what people type; this counts as typing.
    field.dispatchEvent(new Event('input', { bubbles: true }))
    field.focus()
    if (said) said.textContent = said.dataset['done'] ?? ''
  })

  page.addEventListener('htmx:afterSettle', show)
  show()
}
