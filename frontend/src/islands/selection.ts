/** Selected rows show a bar that says how many and copies their numbers (for a message or another ledger). */
export function watchSelection(page: Document): void {
  const boxes = (): HTMLInputElement[] => Array.from(page.querySelectorAll<HTMLInputElement>('.ledger .pick input'))

  const show = (): void => {
    const chosen = boxes().filter((box) => box.checked)
    for (const box of boxes()) box.closest('tr')?.classList.toggle('chosen', box.checked)
    const bar = page.querySelector<HTMLElement>('.bulk')
    if (!bar) return
    bar.hidden = chosen.length === 0
    const count = bar.querySelector('[data-chosen]')
    if (count) count.textContent = String(chosen.length)
  }

  page.addEventListener('change', (event) => {
    if (event.target instanceof HTMLElement && event.target.matches('.pick input')) show()
  })

  page.addEventListener('click', (event) => {
    const button = event.target instanceof HTMLElement ? event.target.closest<HTMLElement>('[data-bulk]') : null
    if (!button) return
    const chosen = boxes().filter((box) => box.checked)
    if (button.dataset['bulk'] === 'copy') {
      void navigator.clipboard?.writeText(chosen.map((box) => box.value).join('\n')).then(() => {
        const said = page.querySelector('[data-copied]')
        if (said) said.textContent = button.dataset['done'] ?? ''
      })
    } else {
      for (const box of chosen) box.checked = false
      show()
    }
  })

  page.addEventListener('htmx:afterSettle', show)
}
