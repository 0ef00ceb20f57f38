/** Who acts in the log when it is whoever runs the installation, at its command line. */
export const operator = 'operator'
