import { defineElements } from 'countersign/elements/index.js'
import { createBackend, PASSWORD } from './backend.js'

/** The application in the frame: a sign-in, and the elements over a backend in the same page. */
const backend = createBackend()
const place = document.querySelector('main')
const find = (selector) => document.querySelector(selector)
const tip = (text) => parent.postMessage({ tip: text }, location.origin)

defineElements()

function element(name, listeners, properties = {}) {
  const made = Object.assign(document.createElement(name), { client: backend.client, ...properties })
  made.setAttribute('theme', document.documentElement.dataset.theme ?? 'light')
  for (const [type, listen] of Object.entries(listeners)) made.addEventListener(type, listen)
  return made
}

function showSettings() {
  find('.out').hidden = false
  const changed = ({ detail }) => {
    if (detail.change === 'enabled') tip('It is on. Sign out, and sign in again with a code from the phone.')
    if (detail.change === 'disabled') tip('It is off again: the password alone signs in.')
  }
  place.replaceChildren(element('two-factor-settings', { 'two-factor-changed': changed }))
}

function showPassword() {
  find('.out').hidden = true
  place.innerHTML = `<form><h2>Sign in</h2>
    <label>Email<input name="email" value="${backend.user}" readonly></label>
    <label>Password<input name="password" type="password" value="${PASSWORD}" autocomplete="off"></label>
    <p role="alert"></p><button>Sign In</button></form>`
  tip('The password is filled in. If two-factor authentication is on, it is not enough.')
  find('form').addEventListener('submit', (event) => {
    event.preventDefault()
    signIn(find('[name=password]').value).catch(reportError)
  })
}

async function signIn(password) {
  const answer = await backend.signIn(password)
  if (answer === null) find('[role=alert]').textContent = 'The password is wrong.'
  else if (answer.signedIn) showSettings()
  else showChallenge(answer)
}

function showChallenge(challenge) {
  const signedIn = () => {
    showSettings()
    tip('Signed in. Look at the recovery codes, sign in with one of them, or turn it off.')
  }
  const listeners = { 'two-factor-signed-in': signedIn, 'two-factor-start-over': showPassword }
  place.replaceChildren(element('two-factor-challenge', listeners, { challenge, accountName: backend.user }))
  tip('Enter the code that the phone shows, or one of the recovery codes.')
}

find('.out').addEventListener('click', () => {
  backend.signOut()
  showPassword()
})
new MutationObserver(() => {
  const { theme } = document.documentElement.dataset
  for (const made of place.children) if (made.localName.includes('-')) made.setAttribute('theme', theme)
}).observe(document.documentElement, { attributeFilter: ['data-theme'] })

await signIn(PASSWORD)
tip(`Set up two-factor authentication. The password is “${PASSWORD}”. Then scan the QR code with the phone.`)
