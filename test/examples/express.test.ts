import { describeExample } from './describe-example.ts'

describeExample('express', { files: ['server.js'] })
