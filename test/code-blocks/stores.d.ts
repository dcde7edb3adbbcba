// Pages about stores and recipes.

declare type UserStore = import('countersign').UserStore
declare const pgStore: typeof import('countersign/stores/pg').pgStore
declare const schema: typeof import('countersign/stores/pg').schema
declare const createAccessTokens: typeof import('countersign/tokens').createAccessTokens
declare const userStoreCases: typeof import('countersign/testing').userStoreCases
declare const test: (name: string, run: () => unknown) => void

declare const Deno: any
declare const knex: any, dataSource: any, sequelize: any, orm: any
declare const knexDriver: (knex: any) => import('countersign/stores/sql').SqlDriver
declare const typeormDriver: (dataSource: any) => import('countersign/stores/sql').SqlDriver
declare const sequelizeDriver: (sequelize: any) => import('countersign/stores/sql').SqlDriver
declare const mikroOrmDriver: (em: any) => import('countersign/stores/sql').SqlDriver

declare const database: any, openDatabase: () => any, myStore: (database: any, options?: any) => UserStore
declare const shardOf: (userId: string) => UserStore
