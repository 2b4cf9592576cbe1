/** Choosing files in the page's own words: the browser's button speaks the browser's language.
 *
 * Without script the browser's own control stands there. With it the control is only hidden from the eye: it keeps its
 * label, the keyboard and its place in the form; a button-like label opens it, and the names chosen stand beside.
 */
function dress(input: HTMLInputElement, words: DOMStringMap): void {
  const page = input.ownerDocument
  const button = page.createElement('label')
  button.className = 'btn file-button'
  button.htmlFor = input.id
  // The field's own label names the control; a second name would only be read twice.
  button.setAttribute('aria-hidden', 'true')
  button.textContent = (input.multiple ? words['chooseFiles'] : words['chooseFile']) ?? ''
  const names = page.createElement('span')
  names.className = 'file-names meta'
  names.setAttribute('role', 'status')

  const say = (): void => {
    const chosen = Array.from(input.files ?? [], (file) => file.name)
    names.textContent = chosen.length ? chosen.join('、') : (words['noFile'] ?? '')
  }
  input.addEventListener('change', say)
  input.form?.addEventListener('reset', () => window.setTimeout(say))
  input.classList.add('file-dressed')
  input.after(button, names)
  say()
}

export function watchFiles(page: Document): void {
  const words = (page.querySelector('#messages') as HTMLElement | null)?.dataset
  if (!words) return
  const all = (): void => {
    for (const input of page.querySelectorAll<HTMLInputElement>('input[type="file"][id]:not(.file-dressed)')) {
      dress(input, words)
    }
  }
  page.addEventListener('htmx:afterSettle', all)
  all()
}
