import type { Configuration } from 'oidc-provider'

/** Pages that the library shows itself, rendered by whoever knows pages. */
export interface ProviderPages {
  renderError: NonNullable<Configuration['renderError']>
  logoutSource: NonNullable<
    NonNullable<NonNullable<Configuration['features']>['rpInitiatedLogout']>['logoutSource']
  >
  postLogoutSuccessSource: NonNullable<
    NonNullable<NonNullable<Configuration['features']>['rpInitiatedLogout']>['postLogoutSuccessSource']
  >
  userCodeInput: NonNullable<DeviceFlow['userCodeInputSource']>
  userCodeConfirm: NonNullable<DeviceFlow['userCodeConfirmSource']>
  userCodeDone: NonNullable<DeviceFlow['successSource']>
}

type DeviceFlow = NonNullable<NonNullable<Configuration['features']>['deviceFlow']>
