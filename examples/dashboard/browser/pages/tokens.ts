import { element } from '../dom.ts'
import { fillWith, texts, twoFactorElement } from '../language.ts'
import { pageLayout } from './page.ts'

/** Settings, Tokens: what scripts show instead of a password and a code. */
export function tokensPage(): HTMLElement {
  const example = `curl -H 'Authorization: Bearer acme_…' ${location.origin}/api/v1/me`
  return pageLayout(
    texts().tokens,
    texts().tokensLead,
    twoFactorElement('access-tokens'),
    element(
      'section',
      { class: 'card' },
      element('h2', {}, texts().useToken),
      element(
        'p',
        { class: 'muted' },
        ...fillWith(texts().scopesOpen, {
          accountScope: verbatim('account:read'),
          accountPath: verbatim('/api/v1/me'),
          activityScope: verbatim('activity:read'),
          activityPath: verbatim('/api/v1/activity'),
        }),
      ),
      element('pre', { tabindex: 0, 'aria-label': texts().example, dir: 'ltr' }, verbatim(example)),
    ),
  )
}

/** What is typed as it stands: a browser that translates the page leaves it alone. */
function verbatim(text: string): HTMLElement {
  return element('code', { translate: 'no', dir: 'ltr' }, text)
}
