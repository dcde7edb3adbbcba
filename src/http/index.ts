export type {
  AccessTokensAnswer,
  CompleteChallengeAnswer,
  DoneAnswer,
  HttpOperationName,
  HttpOperations,
  PasskeyOfferAnswer,
  ProblemReason,
  ProofBody,
  RequestReason,
  SetupOfferAnswer,
  SetupOfferAnswers,
  SignInAnswer,
  SignInMethod,
  StatusAnswer,
  TotpOfferAnswer,
  TwoFactorProblem,
} from './api.ts'
export { deviceName } from './device-name.ts'
export { createHandler, type TwoFactorHandler } from './handler.ts'
export type { HandlerOptions, HeadersLike, HostAnswer, SignedInUser, SignInDetails } from './options.ts'
export type { HandlerWarning } from './warnings.ts'
