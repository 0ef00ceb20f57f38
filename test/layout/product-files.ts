/** Every file of the product that is written in TypeScript. */
export const productFiles =
  '{*.ts,{account,adapters,api,effects,interactions,options,organization,provider,recovery,rules,standalone,views,wiring}/**/*.ts}'
