import { describeExample } from './describe-example.ts'

describeExample('fastify', { files: ['server.js'] })
