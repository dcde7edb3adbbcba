import { checkPassword, handler } from '@/lib/auth'

export async function POST(request: Request): Promise<Response> {
  // No form of another site can send JSON.
  if (!request.headers.get('content-type')?.startsWith('application/json')) return new Response(null, { status: 415 })
  const { login, password } = (await request.json().catch(() => null)) ?? {}
  if (await checkPassword(String(login), String(password))) {
    return handler.signIn(request, { userId: String(login), accountName: String(login) })
  }
  return Response.json({ reason: 'wrong-password' }, { status: 401 })
}
