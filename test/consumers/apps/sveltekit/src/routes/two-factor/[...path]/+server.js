import { handler } from '../../../../two-factor.mjs'

export const GET = ({ request }) => handler(request)
export const POST = GET
