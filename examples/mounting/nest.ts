import 'reflect-metadata'
import { Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { OidcModule } from 'nest-oidc-provider'
import type { Provider } from 'oidc-provider'

/**
 * NestJS, with nest-oidc-provider: its `factory` takes the provider that Rekey is attached to. Nest reads the bodies of
 * requests first, which works and of which the library warns once; `bodyParser: false` leaves them to it.
 */
export async function inNest(provider: Provider, path: string) {
  class AppModule {}
  const oidc = OidcModule.forRoot({
    issuer: provider.issuer,
    path: path === '' ? '/' : path,
    factory: () => provider as never,
    oidc: {},
  })
  Module({ imports: [oidc] })(AppModule)
  const app = await NestFactory.create(AppModule, { logger: false })
  await app.init()
  return app.getHttpAdapter().getInstance()
}
