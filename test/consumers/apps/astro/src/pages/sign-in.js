import { signIn } from '../../two-factor.mjs'

export const POST = ({ request }) => signIn(request)
