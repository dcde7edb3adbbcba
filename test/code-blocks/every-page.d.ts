// What any page may take as said: the engine and its handler, made before, and what the reader's application has.

declare const twoFactor: import('countersign').TwoFactor
declare const tokens: import('countersign/tokens').AccessTokens
declare const handler: import('countersign/http').TwoFactorHandler
declare const store: import('countersign').UserStore
/** Where a page does not import it, it leaves out the other options. */
declare const createTwoFactor: (
  options: Partial<import('countersign').TwoFactorOptions>,
) => import('countersign').TwoFactor
declare const keys: string, verifyPassword: import('countersign').TwoFactorOptions['verifyPassword']
declare const createHandler: typeof import('countersign/http').createHandler

declare const client: any, pool: any, db: any, app: any, req: any, res: any, c: any
declare const users: any, sessions: any, user: any, staff: any, cookies: any, url: any
declare const request: Request, rows: { user_id: string; [column: string]: any }[]
declare const userId: string, password: string, code: string, device: string | undefined, trustDevice: boolean
declare const makeUser: () => Promise<string>, isSignedIn: (userId: string) => Promise<boolean>
