import type { User } from '../answers.ts'
import { element, type Listener } from './dom.ts'
import { type IconName, icon } from './icons.ts'
import { texts } from './language.ts'
import { avatar } from './pages/page.ts'
import type { PageTexts } from './texts/en.ts'
import { switchTheme } from './theme.ts'

type PlaceName = Exclude<keyof PageTexts, 'reasons' | 'events'>
interface Place {
  path: string
  name: PlaceName
  picture: IconName
}
const GROUPS: { name: PlaceName; places: Place[]; forAdmins: boolean }[] = [
  { name: 'cloud', places: [{ path: '/overview', name: 'overview', picture: 'server' }], forAdmins: false },
  {
    name: 'settings',
    places: [
      { path: '/settings/account', name: 'account', picture: 'user' },
      { path: '/settings/tokens', name: 'tokens', picture: 'key' },
      { path: '/settings/activity', name: 'activity', picture: 'activity' },
    ],
    forAdmins: false,
  },
  { name: 'administration', places: [{ path: '/admin/users', name: 'users', picture: 'users' }], forAdmins: true },
]

export interface ShellNeeds {
  user: User
  path: string
  signOut: Listener
}

/** The frame around each page: top bar, navigation, and where the page itself goes. */
export function shell({ user, path, signOut }: ShellNeeds, page: HTMLElement): HTMLElement {
  const groups = GROUPS.filter((group) => user.isAdmin || !group.forAdmins)
  return element(
    'div',
    { class: 'shell' },
    element('a', { class: 'skip', href: '#main' }, texts().skip),
    element(
      'header',
      { class: 'top' },
      brand(),
      element(
        'div',
        { class: 'top-tools' },
        iconButton('theme', texts().lightOrDark, switchTheme),
        element('span', { class: 'who' }, avatar(user.name), element('span', { class: 'who-name' }, user.name)),
        iconButton('signOut', texts().signOut, signOut),
      ),
    ),
    element(
      'nav',
      { class: 'side', 'aria-label': texts().navigation },
      ...groups.map((group) =>
        element(
          'div',
          { class: 'side-group' },
          element('p', {}, texts()[group.name]),
          ...group.places.map((place) => link(place, path)),
        ),
      ),
    ),
    element('main', { id: 'main', tabindex: -1 }, page),
  )
}

export function brand(): HTMLElement {
  return element(
    'a',
    { class: 'brand', href: '/' },
    element('img', { src: '/icon.svg', alt: '', width: 28, height: 28 }),
    'Acme Cloud',
  )
}

function link({ path, name, picture }: Place, current: string): HTMLElement {
  return element(
    'a',
    { href: path, 'aria-current': path === current ? 'page' : undefined },
    icon(picture),
    texts()[name],
  )
}

function iconButton(picture: IconName, label: string, onclick: Listener): HTMLElement {
  return element(
    'button',
    { type: 'button', class: 'icon-button', 'aria-label': label, title: label, onclick },
    icon(picture),
  )
}
