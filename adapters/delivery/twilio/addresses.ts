/** What Twilio calls, by the id of the sending. */
export const statusUrl = (issuer: string, id: string): string => `${issuer}/delivery/twilio/status/${id}`
export const voiceUrl = (issuer: string, id: string): string => `${issuer}/delivery/twilio/voice/${id}`

/** What the sentences of a call are sealed for. */
export const speechContext = (id: string): string => `sending|${id}`
