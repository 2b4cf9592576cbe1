/** The button of an official paper opens the browser's print window. */
export function watchPrint(page: Document): void {
  page.addEventListener('click', (event) => {
    const button = event.target instanceof Element ? event.target.closest('[data-print]') : null
    if (button) window.print()
  })
}
