const KEY = 'theme'
const { dataset } = document.documentElement

/** Light or dark as the system says, until the person switches. */
export function restoreTheme(): void {
  const chosen = localStorage.getItem(KEY)
  if (chosen !== null) dataset['theme'] = chosen
}

export function switchTheme(): void {
  const now = dataset['theme'] ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')
  const next = now === 'dark' ? 'light' : 'dark'
  dataset['theme'] = next
  localStorage.setItem(KEY, next)
}
