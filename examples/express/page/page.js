import { defineElements } from '/countersign/index.js'

defineElements()
const form = document.querySelector('form')

form.addEventListener('submit', async (event) => {
  event.preventDefault()
  const response = await fetch('/sign-in', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(Object.fromEntries(new FormData(form))),
  }).catch(() => null)
  const answer = await response?.json().catch(() => null)
  if (response?.status === 401) show('Login or password is wrong.')
  else if (!response?.ok || answer === null) show(answer?.title ?? 'Something went wrong.')
  else if (answer.signedIn) location.reload()
  else askForCode(answer)
})

function show(message) {
  form.querySelector('output').textContent = message
}

function askForCode(answer) {
  const challenge = document.createElement('two-factor-challenge')
  challenge.challenge = answer
  challenge.addEventListener('two-factor-signed-in', () => location.reload())
  challenge.addEventListener('two-factor-start-over', () => challenge.replaceWith(form))
  form.replaceWith(challenge)
}

if ((await fetch('/me')).ok) form.replaceWith(document.createElement('two-factor-settings'))
