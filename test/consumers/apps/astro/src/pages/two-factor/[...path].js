import { handler } from '../../../two-factor.mjs'

export const ALL = ({ request }) => handler(request)
