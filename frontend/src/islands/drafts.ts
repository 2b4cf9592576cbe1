/**
 * What is typed survives a lost session, a closed tab and a dead battery.
 *
 * `<form data-draft="register:POST-ID">` keeps its fields in localStorage until it is sent and answered with
 * `<meta name="draft-done" content="register:POST-ID">`. A draft lives 12 hours and is dropped at log-out: it may hold
 * a name or a phone, and the machine may be shared. Files cannot be kept by a browser.
 */
const PREFIX = 'sfw-draft:'
const LIFETIME_MS = 12 * 60 * 60 * 1000

type Draft = { at: number; values: Record<string, string[]> }
type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement

const kept = (field: Field): boolean =>
  field.name !== '' &&
  !(field instanceof HTMLInputElement && ['file', 'password', 'hidden', 'submit'].includes(field.type))

const fields = (form: HTMLFormElement): Field[] =>
  (Array.from(form.elements) as Element[]).filter(
    (item): item is Field =>
      (item instanceof HTMLInputElement || item instanceof HTMLTextAreaElement || item instanceof HTMLSelectElement) &&
      kept(item),
  )

const ticks = (field: Field): field is HTMLInputElement =>
  field instanceof HTMLInputElement && (field.type === 'checkbox' || field.type === 'radio')

function read(form: HTMLFormElement): Record<string, string[]> {
  const values: Record<string, string[]> = {}
  for (const field of fields(form)) {
    const list = (values[field.name] ??= [])
    if (ticks(field)) {
      if (field.checked) list.push(field.value)
    } else if (field instanceof HTMLSelectElement && field.multiple) {
      list.push(...Array.from(field.selectedOptions, (option) => option.value))
    } else list.push(field.value)
  }
  return values
}

function write(form: HTMLFormElement, values: Record<string, string[]>): void {
  for (const field of fields(form)) {
    const list = values[field.name]
    if (!list) continue
    if (ticks(field)) field.checked = list.includes(field.value)
    else if (field instanceof HTMLSelectElement && field.multiple)
      for (const option of Array.from(field.options)) option.selected = list.includes(option.value)
    else field.value = list.shift() ?? ''
  }
  for (const fold of Array.from(form.querySelectorAll('details')))
    if (Array.from(fold.querySelectorAll<Field>('input, textarea')).some((field) => kept(field) && !ticks(field) && field.value))
      fold.open = true
}

function load(key: string): Draft | null {
  try {
    const draft = JSON.parse(localStorage.getItem(PREFIX + key) ?? 'null') as Draft | null
    return draft && Date.now() - draft.at < LIFETIME_MS ? draft : null
  } catch {
    return null
  }
}

function sweep(all: boolean): void {
  for (const name of Object.keys(localStorage))
    if (name.startsWith(PREFIX) && (all || !load(name.slice(PREFIX.length)))) localStorage.removeItem(name)
}

function prepare(form: HTMLFormElement): void {
  const key = form.dataset['draft']
  if (!key || form.dataset['draftReady']) return
  form.dataset['draftReady'] = '1'
  const draft = load(key)
  const note = form.querySelector<HTMLElement>('[data-draft-note]')
  // A form that came back with errors already holds what was typed, newer than any draft.
  if (draft && !form.querySelector('.error-summary')) {
    write(form, draft.values)
    if (note) note.hidden = false
    form.dispatchEvent(new Event('change', { bubbles: true }))
  }
  let timer = 0
  form.addEventListener('input', () => {
    window.clearTimeout(timer)
    timer = window.setTimeout(() => {
      try {
        localStorage.setItem(PREFIX + key, JSON.stringify({ at: Date.now(), values: read(form) }))
      } catch {
        /* a full or forbidden store: the form still works, it only forgets */
      }
    }, 400)
  })
  form.addEventListener('reset', () => {
    localStorage.removeItem(PREFIX + key)
    if (note) note.hidden = true
  })
}

export function watchDrafts(page: Document): void {
  try {
    sweep(false)
    for (const done of Array.from(page.querySelectorAll<HTMLMetaElement>('meta[name="draft-done"]')))
      localStorage.removeItem(PREFIX + done.content)
  } catch {
    return
  }
  const all = (root: ParentNode): void => root.querySelectorAll<HTMLFormElement>('form[data-draft]').forEach(prepare)
  all(page)
  page.addEventListener('htmx:load', (event) => all(event.target as HTMLElement))
  page.addEventListener('submit', (event) => {
    if (event.target instanceof HTMLFormElement && event.target.matches('[data-ends-session]')) sweep(true)
  })
}
