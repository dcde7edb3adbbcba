import { element } from '../dom.ts'
import { twoFactorElement } from '../language.ts'
import { pageLayout } from './page.ts'

/** Settings, Tokens: what scripts show instead of a password and a code. */
export function tokensPage(): HTMLElement {
  const example = `curl -H 'Authorization: Bearer acme_…' ${location.origin}/api/v1/me`
  return pageLayout(
    'Tokens',
    'Let your scripts in without your password.',
    twoFactorElement('access-tokens'),
    element(
      'section',
      { class: 'card' },
      element('h2', {}, 'Use a token'),
      element(
        'p',
        { class: 'muted' },
        verbatim('account:read'),
        ' opens ',
        verbatim('/api/v1/me'),
        ', ',
        verbatim('activity:read'),
        ' opens ',
        verbatim('/api/v1/activity'),
        '.',
      ),
      element('pre', { tabindex: 0, 'aria-label': 'Example' }, verbatim(example)),
    ),
  )
}

/** What is typed as it stands: a browser that translates the page leaves it alone. */
function verbatim(text: string): HTMLElement {
  return element('code', { translate: 'no' }, text)
}
