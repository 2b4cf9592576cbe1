/** `<input data-narrow>` over a long list of ticks: only lines with what is typed are shown. Ticked ones always are. */
const lines = (input: HTMLInputElement): HTMLElement[] =>
  Array.from(input.parentElement?.querySelectorAll<HTMLElement>('.choice') ?? [])

export function watchNarrowing(page: Document): void {
  const prepare = (root: ParentNode): void => {
    for (const input of Array.from(root.querySelectorAll<HTMLInputElement>('input[data-narrow]'))) input.hidden = false
  }
  prepare(page)
  page.addEventListener('htmx:load', (event) => prepare(event.target as HTMLElement))

  page.addEventListener('input', (event) => {
    const input = event.target
    if (!(input instanceof HTMLInputElement) || !input.matches('[data-narrow]')) return
    const words = input.value.trim().toLowerCase()
    for (const line of lines(input)) {
      const ticked = line.querySelector('input')?.checked ?? false
      line.hidden = !ticked && !(line.textContent ?? '').toLowerCase().includes(words)
    }
  })

  // Enter narrows; it must not send the form that is half filled in.
  page.addEventListener('keydown', (event) => {
    const typing = event.target instanceof HTMLElement && event.target.matches('[data-narrow]')
    if (typing && event.key === 'Enter') event.preventDefault()
  })
}
