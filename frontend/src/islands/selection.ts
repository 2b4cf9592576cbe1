/**
 * Selected rows: how many, all of the page, a stretch with shift, all that match; and their numbers for a message.
 * The bar itself is a form and appears by CSS, so that ticks and acts work without this script.
 */
export function watchSelection(page: Document): void {
  const boxes = (): HTMLInputElement[] => Array.from(page.querySelectorAll<HTMLInputElement>('.ledger td.pick input'))
  let last: HTMLInputElement | null = null

  const show = (): void => {
    const all = boxes()
    const chosen = all.filter((box) => box.checked)
    for (const box of all) box.closest('tr')?.classList.toggle('chosen', box.checked)
    const head = page.querySelector<HTMLInputElement>('[data-pick-all]')
    if (head) {
      head.hidden = false
      head.checked = all.length > 0 && chosen.length === all.length
      head.indeterminate = chosen.length > 0 && chosen.length < all.length
    }
    for (const button of Array.from(page.querySelectorAll<HTMLElement>('[data-bulk="copy"]'))) button.hidden = false
    const count = page.querySelector('.bulk [data-chosen]')
    if (count) count.textContent = String(chosen.length)
  }

  page.addEventListener('click', (event) => {
    const target = event.target
    if (target instanceof HTMLInputElement && target.matches('.ledger td.pick input')) {
      const all = boxes()
      if (event.shiftKey && last && all.includes(last)) {
        const [from, to] = [all.indexOf(last), all.indexOf(target)].sort((a, b) => a - b) as [number, number]
        for (const box of all.slice(from, to + 1)) box.checked = target.checked
        show()
      }
      last = target
      return
    }
    const button = target instanceof HTMLElement ? target.closest<HTMLElement>('[data-bulk="copy"]') : null
    if (!button) return
    const numbers = boxes().filter((box) => box.checked).map((box) => box.value)
    void navigator.clipboard?.writeText(numbers.join('\n')).then(() => {
      const said = page.querySelector('[data-copied]')
      if (said) said.textContent = button.dataset['done'] ?? ''
    })
  })

  page.addEventListener('change', (event) => {
    const target = event.target
    if (!(target instanceof HTMLInputElement)) return
    if (target.matches('[data-pick-all], [data-pick-every]')) for (const box of boxes()) box.checked = target.checked
    // Who takes one line out does not mean all that match any more.
    const every = page.querySelector<HTMLInputElement>('[data-pick-every]')
    if (every && target.matches('td.pick input, [data-pick-all]') && !target.checked) every.checked = false
    if (target.closest('.ledger-box')) show()
  })

  // After the browser has emptied the form.
  page.addEventListener('reset', () => window.setTimeout(show))
  page.addEventListener('htmx:afterSettle', show)
  show()
}
