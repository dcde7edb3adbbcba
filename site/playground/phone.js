import { virtualAuthenticator } from 'countersign/testing/index.js'

const PERIOD_MS = 30_000

/** An authenticator app: Scan reads the otpauth address that the page shows. */
export function createPhone(place, page) {
  const accounts = []
  place.innerHTML = `<div class="screen"><div class="notch"></div><h2>Authenticator</h2>
    <ul></ul><p class="said" role="status"></p><button type="button">Scan QR Code</button></div>`
  const list = place.querySelector('ul')
  const said = place.querySelector('.said')

  function show() {
    const now = Date.now()
    const left = PERIOD_MS - (now % PERIOD_MS)
    list.style.setProperty('--left', String(left / PERIOD_MS))
    list.classList.toggle('late', left < 6000)
    for (const { row, authenticator } of accounts) {
      const code = authenticator.code(now)
      row.querySelector('output').textContent = `${code.slice(0, 3)} ${code.slice(3)}`
    }
  }

  place.querySelector('button').addEventListener('click', () => {
    const uri = findUri(page())
    if (uri === null) {
      said.textContent = 'There is no QR code on the page.'
      return
    }
    const row = document.createElement('li')
    row.innerHTML =
      '<div><small>Playground</small><output></output></div><svg viewBox="0 0 36 36" aria-hidden="true"><circle cx="18" cy="18" r="15"/><circle class="left" cx="18" cy="18" r="15" pathLength="1"/></svg>'
    accounts.splice(0, accounts.length, { row, authenticator: virtualAuthenticator(uri) })
    list.replaceChildren(row)
    said.textContent = ''
    show()
  })
  const timer = setInterval(show, 250)
  return { stop: () => clearInterval(timer) }
}

/** The address behind the QR code, in the page or in the shadow of one of its elements. */
function findUri(root) {
  for (const node of root.querySelectorAll('*')) {
    const href = node.getAttribute('href')
    if (href?.startsWith('otpauth:')) return href
    const inside = node.shadowRoot ? findUri(node.shadowRoot) : null
    if (inside !== null) return inside
  }
  return null
}
