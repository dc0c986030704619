module critical-service-operator/hack/real-node/go/pause

go 1.25
