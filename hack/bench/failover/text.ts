/** What the report says of the method; the figures follow. */
export const INTRODUCTION = `# Failover, measured

How long is a Service without an answer when it loses its last Pod, and when it gets one back? This
page is made by

\`\`\`sh
npm run bench:failover -- --original DIR --python FILE
\`\`\`

on the cluster of \`KUBECONFIG\`, whose Pods and ClusterIPs must be within reach;
\`npx tsx hack/real-node/cli.ts up\` makes such a one. \`DIR\` is a checkout of the
[original's controller](https://github.com/majeinfo/critsvc-k8s-controller), \`FILE\` a Python with the
package \`kubernetes\`; without them it is left out. \`-- --help\` tells the rest.

## How

- The ways to stand by take turns: each loss once in each of them, then the next round.
- All fallbacks run the same Pod, an nginx, and all real Pods the same program.
- A client asks the Service's ClusterIP every 5 ms, each time on a new connection from a port not
  used lately. An answer that takes longer than 0.9 s is a failed request: a Service without endpoints
  refuses only a few connections each second and drops the others, and the kernel tries those again
  after one second.
- **Loss** is all that fails until the fallback alone answers, **return** all that fails from then on.
  Both are given from the first to the last failed request; what failed in between, but not all of it,
  shows in the number of failed requests, and as time in the column beside it.
- The **floor** is measured in the same run, under the same client: what a fallback that starts at the
  loss needs at least. Deletions are compared with the start of a bare Pod of the fallback's spec, from
  its creation to Ready; a crash with the time until the kubelet reports it. Times vary from machine to
  machine, the ratio to the floor less so.
- **Covered** are the rounds in which the fallback answered before a real Pod was back.
- Before a loss, nothing has changed for as long as kube-proxy may take to be ready for a change.

kube-proxy lets the time \`minSyncPeriod\` pass from one sync to the next. A deletion makes two changes
within some milliseconds: the endpoint is terminating, then it is gone. Only the first of them is in
effect at once. In between, clients are shared among the terminating endpoints: the real Pod's and a
warm standby's.`;
