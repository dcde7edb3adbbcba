// Pages about a backend: frameworks, mails, keys, tokens.

declare const generateKey: typeof import('countersign').generateKey
declare const memoryStore: typeof import('countersign').memoryStore
declare const createAccessTokens: typeof import('countersign/tokens').createAccessTokens
declare const toNodeHandler: typeof import('countersign/http/node').toNodeHandler

declare const mailer: any, smtp: any, magicLinks: any, bearer: string, token: string, id: string, expiresAtMs: number
declare const test: (name: string, run: () => unknown) => void
declare const show: (...values: any[]) => any,
  showOnce: (...values: any[]) => any,
  wakeSomebody: (...values: any[]) => any
declare const get: (path: string) => any, post: (path: string, body: object) => any
declare const optionsFrom: (env: any) => import('countersign/http').HandlerOptions
declare const database: any, myTokenStore: (...values: any[]) => import('countersign/tokens').TokenStore

// Of frameworks and runtimes.
declare const http: typeof import('node:http')
declare const NestFactory: any, AppModule: any, Deno: any, Bun: any
declare const defineEventHandler: (handle: (event: any) => any) => any, toWebRequest: (event: any) => Request
declare const express: any
declare namespace express {
  type Request = any
}
