/** A request that htmx made and that failed is said in words, and a sent form is not sent twice. */
function say(page: Document, text: string): void {
  const place = page.querySelector('#messages')
  if (!place) return
  const line = page.createElement('div')
  line.className = 'message error'
  line.setAttribute('role', 'alert')
  line.textContent = text
  place.replaceChildren(line)
  line.scrollIntoView({ block: 'nearest' })
}

export function watchErrors(page: Document): void {
  // A form that came back: what is wrong comes first, also for whoever does not see where on the page it stands.
  page.querySelector<HTMLElement>('#errors')?.focus()

  const words = (page.querySelector('#messages') as HTMLElement | null)?.dataset ?? {}
  page.addEventListener('htmx:sendError', () => say(page, words['offline'] ?? ''))
  page.addEventListener('htmx:responseError', () => say(page, words['failed'] ?? ''))

  page.addEventListener('submit', (event) => {
    const form = event.target
    if (!(form instanceof HTMLFormElement) || form.method !== 'post') return
    if (form.dataset['sent']) {
      event.preventDefault()
      return
    }
    form.dataset['sent'] = '1'
    window.setTimeout(() => delete form.dataset['sent'], 5000)
  })
  // Back from the next page: the form may be sent again.
  window.addEventListener('pageshow', () => {
    page.querySelectorAll<HTMLFormElement>('form[data-sent]').forEach((form) => delete form.dataset['sent'])
  })
}
