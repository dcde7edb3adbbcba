// Pages about moving in and out. Each takes what the page before it has made.

declare const fromAspNetIdentity: typeof import('countersign/import').fromAspNetIdentity
declare const fromBetterAuth: typeof import('countersign/import').fromBetterAuth
declare const fromDjangoOtp: typeof import('countersign/import').fromDjangoOtp
declare const fromKeycloak: typeof import('countersign/import').fromKeycloak
declare const fromLaravelFortify: typeof import('countersign/import').fromLaravelFortify
declare const createHash: typeof import('node:crypto').createHash
declare const timingSafeEqual: typeof import('node:crypto').timingSafeEqual

declare const moving: any, readOld: any, oldDatabase: any, exported: any, bcrypt: any, row: any
declare let challenge: any
declare const here: any, there: any, MOVING: boolean
