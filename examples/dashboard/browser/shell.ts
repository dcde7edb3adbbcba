import type { User } from '../answers.ts'
import { element, type Listener } from './dom.ts'
import { type IconName, icon } from './icons.ts'
import { avatar } from './pages/page.ts'
import { switchTheme } from './theme.ts'

interface Place {
  path: string
  name: string
  picture: IconName
}
const GROUPS: { name: string; places: Place[]; forAdmins: boolean }[] = [
  { name: 'Cloud', places: [{ path: '/overview', name: 'Overview', picture: 'server' }], forAdmins: false },
  {
    name: 'Settings',
    places: [
      { path: '/settings/account', name: 'Account', picture: 'user' },
      { path: '/settings/tokens', name: 'Tokens', picture: 'key' },
      { path: '/settings/activity', name: 'Activity', picture: 'activity' },
    ],
    forAdmins: false,
  },
  { name: 'Administration', places: [{ path: '/admin/users', name: 'Users', picture: 'users' }], forAdmins: true },
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
    element('a', { class: 'skip', href: '#main' }, 'Skip to content'),
    element(
      'header',
      { class: 'top' },
      brand(),
      element(
        'div',
        { class: 'top-tools' },
        iconButton('theme', 'Light or dark', switchTheme),
        element('span', { class: 'who' }, avatar(user.name), element('span', { class: 'who-name' }, user.name)),
        iconButton('signOut', 'Sign out', signOut),
      ),
    ),
    element(
      'nav',
      { class: 'side', 'aria-label': 'Main' },
      ...groups.map((group) =>
        element(
          'div',
          { class: 'side-group' },
          element('p', {}, group.name),
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
  return element('a', { href: path, 'aria-current': path === current ? 'page' : undefined }, icon(picture), name)
}

function iconButton(picture: IconName, label: string, onclick: Listener): HTMLElement {
  return element(
    'button',
    { type: 'button', class: 'icon-button', 'aria-label': label, title: label, onclick },
    icon(picture),
  )
}
