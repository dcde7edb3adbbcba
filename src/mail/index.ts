export { type Mail, type MailLanguage, type MailOptions, mailFor } from './mail-for.ts'
