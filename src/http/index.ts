export type {
  AccessTokensAnswer,
  CompleteChallengeAnswer,
  ConfirmBody,
  DoneAnswer,
  OperationName,
  Operations,
  Problem,
  Reason,
  RequestReason,
  SetupOfferAnswer,
  SignInAnswer,
  SignInMethod,
  StatusAnswer,
} from './api.ts'
export { deviceName } from './device-name.ts'
export { createHandler, type Handler } from './handler.ts'
export type { HandlerOptions, HostAnswer, Person, SignInDetails } from './options.ts'
