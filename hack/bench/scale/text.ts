/** What the report says of the method; the figures follow. */
export const INTRODUCTION = `# Scale, measured

How does the operator fare with many Services? This page is made by

\`\`\`sh
npm run bench -- --original DIR --python FILE
\`\`\`

on a control plane of its own, with Linux, Go and Node.js. \`DIR\` is a checkout of the
[original's controller](https://github.com/majeinfo/critsvc-k8s-controller), \`FILE\` a Python with the
package \`kubernetes\`; without them it is left out. \`-- --help\` tells the rest. How the operator came to
these figures, and what still holds it back: [upstream](upstream.md).

## How

- Each Service has five Pods, ten Services share a namespace, and at most 1,000 of them are critical,
  each named by a CriticalService of its own. The first one is made in the usual way; the others are
  copies of all that the cluster made for it, with names, UIDs and addresses of their own, put into
  etcd. [kwok](https://kwok.sigs.k8s.io) plays the kubelet.
- Pods go and come in etcd too, which kube-apiserver tells its watchers of as of its own changes: a
  thousand Services lose their Pods at once. kube-controller-manager writes the EndpointSlices.
- One after the other looks after the same cluster: the **floor**, a loop of a hundred lines that
  watches EndpointSlices and posts a Pod where none is ready, and does nothing else, in Go (client-go
  with protobuf) and in plain Node.js; this operator, built and started as in its Pod; and the
  original's controller. The latter crashes on a Service that is lame when it is seen first; there
  \`event['objet']\` was mended to \`event['object']\`. They take turns, there and back, in rounds
  (\`--rounds\`), each with as many of the losses. Events of one round have expired in the next one, as
  they do after an hour. Within that hour an operator that was restarted looks up each Event that is
  there already, once: two requests more than the table has.
- Times are the API server's own, from its audit log. A **reaction** is the time from the answer to
  the write of the EndpointSlice that leaves no Ready endpoint to the answer to the creation of the
  fallback Pod. Services lose their Pods one by one for it.
- A **start** finds ten Services lame, and all else as it was when the controller last ran: it is a
  restart. It is caught up at the last request before a pause of three seconds. To load Node.js and
  Pepr is a part of it, which does not grow with the Services; the time from the first list on is
  without it. Of the starts of all rounds, and of the outages, the middle one counts, of two the
  faster one.
- **Pod events** are Pods that turn not Ready, or Ready again, beside four others of their Service.
- Memory is the most that was ever resident, of several processes the sum. This operator has the heap
  that Node.js gives itself in its Pod, whose memory is limited to 512 MiB.
- Times vary from machine to machine. The ratio (**÷ floor**) is to the better one of the two floors
  of the same run, and varies less. The **exponent** is that of the power of the number of Services
  that the figure grows with: 0 is constant, 1 in proportion.`;
