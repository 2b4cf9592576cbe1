/** Keys of the ledger: / search, j k move, Enter opens, x selects. Never while somebody types. */
const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select, summary, button'))

function rows(page: Document): HTMLTableRowElement[] {
  return Array.from(page.querySelectorAll<HTMLTableRowElement>('.ledger tbody tr[data-href]'))
}

function move(page: Document, step: number): void {
  const all = rows(page)
  if (all.length === 0) return
  const at = all.findIndex((row) => row.classList.contains('at'))
  const next = at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + step))
  all[at]?.classList.remove('at')
  const row = all[next]
  if (!row) return
  row.classList.add('at')
  // The link takes the focus, so that a screen reader says the row and Enter needs no script.
  row.querySelector<HTMLAnchorElement>('a.title')?.focus({ preventScroll: true })
  row.scrollIntoView({ block: 'nearest' })
}

export function watchKeys(page: Document): void {
  page.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
    if (event.key === '/' && !typing(event.target)) {
      const search = page.querySelector<HTMLInputElement>('#find')
      if (search && search.offsetParent) {
        event.preventDefault()
        search.focus()
        search.select()
      }
      return
    }
    const inPick = event.target instanceof HTMLElement && event.target.matches('.pick input')
    if (typing(event.target) && !inPick) return
    if (event.key === 'j') move(page, 1)
    else if (event.key === 'k') move(page, -1)
    else if (event.key === 'x') page.querySelector<HTMLInputElement>('.ledger tr.at .pick input')?.click()
  })

  page.addEventListener('focusin', (event) => {
    const row = event.target instanceof HTMLElement ? event.target.closest('.ledger tbody tr[data-href]') : null
    if (!row) return
    for (const other of rows(page)) other.classList.toggle('at', other === row)
  })
}
