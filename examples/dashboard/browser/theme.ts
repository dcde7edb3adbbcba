const KEY = 'theme'

/** Light or dark as the system says, until the person switches. */
export function restoreTheme(): void {
  const chosen = localStorage.getItem(KEY)
  if (chosen !== null) document.documentElement.dataset['theme'] = chosen
}

export function switchTheme(): void {
  const isDark = getComputedStyle(document.documentElement).getPropertyValue('--is-dark').trim() !== ''
  const next = isDark ? 'light' : 'dark'
  document.documentElement.dataset['theme'] = next
  localStorage.setItem(KEY, next)
}
