import { signedIn } from '@/lib/auth'

export async function GET(request: Request): Promise<Response> {
  const person = await signedIn(request)
  return Response.json({ login: person?.userId }, { status: person ? 200 : 401 })
}
