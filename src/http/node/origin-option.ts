import { invalidOption } from '../../options/invalid-option.ts'

export function originOption(origin: string | undefined): string | null {
  if (origin === undefined) return null
  if (typeof origin === 'string' && /^https?:/.test(origin) && URL.canParse(origin)) {
    if (new URL(origin).origin === origin) return origin
  }
  throw invalidOption('origin', origin, "an origin such as 'https://app.example.com'")
}
