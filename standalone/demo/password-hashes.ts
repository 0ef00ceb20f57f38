/**
 * What the passwords of the demo's people come to (argon2id, adapters/secrets/passwords.ts). Everybody may know them: to
 * hash them anew would be a quarter of all that a first start does.
 */
export const passwordHashes: { readonly [password: string]: string } = {
  'plum-lantern-river-41':
    '$argon2id$v=19$m=19456,t=2,p=1$AirwiRMEU14qOJrh9ThIzg$czDJTsZ7wXeI7INcVHEqkvNmV3jmZozLdyN/nA6H18I',
  'cedar-window-quiet-17':
    '$argon2id$v=19$m=19456,t=2,p=1$+JTouDv1C8MVG3FhHLA2Cg$4fp+zKJRzRTLyyJvcLQUBgKhspKE9qRU8IVxTC8PYNo',
  'marble-orbit-tulip-29':
    '$argon2id$v=19$m=19456,t=2,p=1$mGriHy8KPGt8rPxPeq8izQ$PjiesvUn+lGhzbLyyXXiEslVAbeAVrsT0rGzmOBSsHM',
  'saffron-glacier-kite-63':
    '$argon2id$v=19$m=19456,t=2,p=1$eV/V22N1xzjX7Wwm4ZIUtw$f0OV35vK58+1HNyRvvThcik3VsqyzP0/vv0fwirGXNc',
  'granite-violin-fjord-88':
    '$argon2id$v=19$m=19456,t=2,p=1$bZCDv+40q7NEB7mPeffwjQ$MLj28r7yiufv1LrX6IChdOKBEIWHmHuLLohzt+XGVlk',
  'copper-meadow-train-52':
    '$argon2id$v=19$m=19456,t=2,p=1$y30BXM5qwkdBywtpxfJjYA$ZCvjcF2TeS6bvcOywR1Mb2UY1bx7bQmchDP1+GXtTj8',
  'paper-comet-willow-35':
    '$argon2id$v=19$m=19456,t=2,p=1$N01RNrMVU3o7Vz8oUMEgJA$lNTNHh1S5ATB7/qdjxnWU2UN0v6Q0gtgh2GMQse+MXo',
  'beacon-thistle-amber-74':
    '$argon2id$v=19$m=19456,t=2,p=1$rJqrdHkhTIs/KgjoSQs3+A$j0UDzGq5SckC/Esq+Rg3CubElU/H19pL7e/vZiFcaxY',
  'lantern-harbor-quartz-61':
    '$argon2id$v=19$m=19456,t=2,p=1$+dTcqTMDg0tM9ezhfxTbsQ$CrhnduEmt9ZniUHsTdtkW8aAYaEfeUh/XGBxXKCKV14',
  'velvet-anchor-maple-96':
    '$argon2id$v=19$m=19456,t=2,p=1$g6AvlmJ1/hfpE1YS3xbKqw$05sXgfMD0XMysOnNbskYdcKUz7ewdjq9yNZGMXXY9CY',
  'harvest-pebble-ocean-57':
    '$argon2id$v=19$m=19456,t=2,p=1$B5C607IA8KmNX/MdwHsw5w$EnYgYDXnmMdwrIJq88dR5dj/fUNZm0xccUOTSS/Zzuw',
  'thirty-quiet-harbours':
    '$argon2id$v=19$m=19456,t=2,p=1$OS92753EkD59jvCsmL7N+A$N0xqFesEVA5bB1FMNFJypZIavOZUeumc6NOK9z7cwTg',
}
