import { text } from '../../kit/form.ts'

export const httpDocumentation = text(
  `Leads to an API over HTTP: \`extract.rest\`, \`extract.graphql\`, \`load.rest\` and \`load.webhook\` use it.

**Who gets the secret.** The password, token or key goes to the host of *Address* alone. A redirect to another host is followed without
it and without your headers; one that leaves encryption is refused. Tokens of OAuth 2 are kept in memory, are renewed a little before
they end, and once more when the API refuses one.

**Addresses inside your network** (this computer, \`10.…\`, \`192.168.…\`, the address of a cloud's metadata) are refused unless *May be
inside this network* is on. A name is looked up once; the connection goes to the very address that was checked, also after a redirect.

**When it goes wrong.** 408, 425, 429, 500, 502, 503, 504 and lost connections are tried again with growing pauses; \`Retry-After\` is
obeyed up to *Longest pause*. Only what can be repeated is: a POST without a key that makes it repeatable is tried again after 429 and
refused connections only. Answers larger than *Largest answer*, packed or not, are refused.`,
  `Mène à une API par HTTP : \`extract.rest\`, \`extract.graphql\`, \`load.rest\` et \`load.webhook\` l’utilisent.

**Qui reçoit le secret.** Le mot de passe, le jeton ou la clé ne va qu’à l’hôte de *Adresse*. Une redirection vers un autre hôte est
suivie sans lui et sans vos en-têtes ; celle qui quitte le chiffrement est refusée. Les jetons OAuth 2 restent en mémoire, sont
renouvelés un peu avant leur fin, et une fois encore si l’API en refuse un.

**Les adresses internes** (cet ordinateur, \`10.…\`, \`192.168.…\`, les métadonnées d’un nuage) sont refusées sauf si *Peut être dans ce
réseau* est activé. Un nom est résolu une fois ; la connexion va à l’adresse vérifiée, aussi après une redirection.

**En cas d’échec.** 408, 425, 429, 500, 502, 503, 504 et les connexions perdues sont réessayés avec des pauses croissantes ;
\`Retry-After\` est respecté jusqu’à *Plus longue pause*. Seul ce qui peut être répété l’est : un POST sans clé d’idempotence n’est
réessayé qu’après 429 et une connexion refusée. Les réponses plus grandes que *Plus grande réponse*, compressées ou non, sont refusées.`,
)
