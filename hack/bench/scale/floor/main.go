// The floor of the scale bench: it watches EndpointSlices and posts a Pod for each Service without a
// ready endpoint. It knows no CriticalServices, keeps nothing true and takes nothing away.
//
//	floor KUBECONFIG
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"time"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
)

type floor struct {
	client *kubernetes.Clientset
	// Services that a Pod was posted for, until they have a ready endpoint.
	posted map[string]bool
}

func main() {
	config, err := clientcmd.BuildConfigFromFlags("", os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	// As Kubernetes' own controllers talk to the API server, and without a limit.
	config.ContentType = "application/vnd.kubernetes.protobuf"
	config.QPS = -1
	floor := &floor{client: kubernetes.NewForConfigOrDie(config), posted: map[string]bool{}}
	log.Fatal(floor.run(context.Background()))
}

func (f *floor) run(ctx context.Context) error {
	begin := time.Now()
	slices := f.client.DiscoveryV1().EndpointSlices("")
	list, err := slices.List(ctx, metav1.ListOptions{ResourceVersion: "0"})
	if err != nil {
		return err
	}
	fmt.Printf("listed %d EndpointSlices in %d ms\n", len(list.Items), time.Since(begin).Milliseconds())
	for i := range list.Items {
		f.see(ctx, &list.Items[i])
	}
	version := list.ResourceVersion
	for {
		watcher, err := slices.Watch(ctx, metav1.ListOptions{ResourceVersion: version})
		if err != nil {
			return err
		}
		for event := range watcher.ResultChan() {
			slice, ok := event.Object.(*discoveryv1.EndpointSlice)
			if !ok {
				return errors.FromObject(event.Object)
			}
			version = slice.ResourceVersion
			if event.Type != watch.Deleted {
				f.see(ctx, slice)
			}
		}
	}
}

func (f *floor) see(ctx context.Context, slice *discoveryv1.EndpointSlice) {
	service := slice.Labels[discoveryv1.LabelServiceName]
	key := slice.Namespace + "/" + service
	if isReady(slice) {
		delete(f.posted, key)
	} else if service != "" && !f.posted[key] {
		f.posted[key] = true
		go f.post(ctx, slice.Namespace, service)
	}
}

func isReady(slice *discoveryv1.EndpointSlice) bool {
	for _, endpoint := range slice.Endpoints {
		if endpoint.Conditions.Ready == nil || *endpoint.Conditions.Ready {
			return true
		}
	}
	return false
}

func (f *floor) post(ctx context.Context, namespace, service string) {
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Name:        "service-watcher-" + service,
			Labels:      map[string]string{"app": service},
			Annotations: map[string]string{"service-watcher": "owned"},
		},
		Spec: corev1.PodSpec{Containers: []corev1.Container{{
			Name:  "nginx",
			Image: "nginxinc/nginx-unprivileged:1.29-alpine",
			Ports: []corev1.ContainerPort{{ContainerPort: 8080}},
		}}},
	}
	_, err := f.client.CoreV1().Pods(namespace).Create(ctx, pod, metav1.CreateOptions{})
	if err != nil && !errors.IsAlreadyExists(err) {
		log.Printf("%s/%s: %v", namespace, service, err)
	}
}
