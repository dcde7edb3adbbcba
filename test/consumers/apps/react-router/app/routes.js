import { index, route } from '@react-router/dev/routes'

export default [index('page.jsx'), route('two-factor/*', 'two-factor.js'), route('sign-in', 'sign-in.js')]
