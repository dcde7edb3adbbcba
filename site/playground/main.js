import { createPhone } from './phone.js'
import { STYLES } from './styles.js'

/**
 * The application beside the phone. The application is a document of its own in a frame, as it would be in a browser: while
 * one of its dialogs is open, the phone can still be used.
 *
 * @param {HTMLElement} place
 * @param {string} appUrl of playground-app.html
 * @returns {() => void} ends it, when the visitor goes to another page
 */
export function start(place, appUrl) {
  place.innerHTML = `<style>${STYLES}</style>
    <div class="play">
      <header>
        <h1>Playground</h1>
        <p>The real library with a store in memory. Nothing leaves this page; a reload begins again.</p>
      </header>
      <p class="tip" role="status"></p>
      <section class="app" aria-label="The application">
        <div class="bar"><i></i><i></i><i></i><span>app.example.com</span></div>
        <iframe title="The application" src="${appUrl}"></iframe>
      </section>
      <section class="phone" aria-label="The phone"></section>
    </div>`
  const frame = place.querySelector('iframe')
  const phone = createPhone(place.querySelector('.phone'), () => frame.contentDocument)

  const showTip = ({ source, data }) => {
    if (source === frame.contentWindow) place.querySelector('.tip').textContent = data.tip
  }
  addEventListener('message', showTip)
  const followTheme = () => {
    const isDark = document.documentElement.classList.contains('dark')
    frame.contentDocument?.documentElement.setAttribute('data-theme', isDark ? 'dark' : 'light')
  }
  frame.addEventListener('load', followTheme)
  const theme = new MutationObserver(followTheme)
  theme.observe(document.documentElement, { attributeFilter: ['class'] })
  return () => {
    removeEventListener('message', showTip)
    theme.disconnect()
    phone.stop()
  }
}
