/** `<details class="menu">` and the folds of the list: at most one open, closed by Escape or a click beside it. */
export function watchMenus(page: Document): void {
  const open = (): HTMLDetailsElement[] => Array.from(page.querySelectorAll<HTMLDetailsElement>('details.menu[open], details.views-fold[open]'))

  page.addEventListener('click', (event) => {
    const target = event.target as Node
    for (const menu of open()) if (!menu.contains(target)) menu.open = false
  })

  page.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return
    for (const menu of open()) {
      menu.open = false
      menu.querySelector('summary')?.focus()
    }
  })
}
