import { defineElements } from '/countersign/index.js'

defineElements()
const form = document.querySelector('form')

form.addEventListener('submit', async (event) => {
  event.preventDefault()
  const response = await fetch('/sign-in', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(Object.fromEntries(new FormData(form))),
  })
  const answer = await response.json()
  if (!response.ok) form.querySelector('output').textContent = 'Login or password is wrong.'
  else if (answer.signedIn) location.reload()
  else askForCode(answer)
})

function askForCode(answer) {
  const challenge = document.createElement('two-factor-challenge')
  challenge.challenge = answer
  challenge.addEventListener('two-factor-signed-in', () => location.reload())
  challenge.addEventListener('two-factor-start-over', () => challenge.replaceWith(form))
  form.replaceWith(challenge)
}

if ((await fetch('/me')).ok) form.replaceWith(document.createElement('two-factor-settings'))
