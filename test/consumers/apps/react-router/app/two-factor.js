import { handler } from '../two-factor.mjs'

export const loader = ({ request }) => handler(request)
export const action = loader
