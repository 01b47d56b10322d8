package scenarios

import (
	"time"

	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/behaviour"
)

type behaviourBlock struct {
	Match           matchBlock `yaml:"match" doc:"Which containers; what is left out matches all. A behaviour that names no container speaks of startup, stop and pull for all of them, of until for init containers, and of the rest for the regular ones."`
	behaviourFields `yaml:",inline"`
}

type matchBlock struct {
	Namespace   string            `yaml:"namespace" doc:"Namespace of the pod."`
	Labels      map[string]string `yaml:"labels" doc:"Labels that the pod has."`
	Annotations map[string]string `yaml:"annotations" doc:"Annotations that the pod has."`
	Owner       ownerBlock        `yaml:"owner" doc:"The controller that owns the pod."`
	Pod         string            `yaml:"pod" doc:"Name of the pod."`
	Container   string            `yaml:"container" doc:"Name of the container."`
}

type ownerBlock struct {
	Kind string `yaml:"kind" doc:"Kind of the owner, such as ReplicaSet."`
	Name string `yaml:"name" doc:"Name of the owner."`
}

// behaviourFields are what a behaviour or an annotation may say of a container. The examples are flow text,
// as an annotation has it.
type behaviourFields struct {
	Startup   *durationDist       `yaml:"startup" doc:"How long the runtime takes to start the container, a value or distribution. Default 0s." example:"{uniform: {min: 1s, max: 3s}}"`
	Ready     *durationDist       `yaml:"ready" doc:"Time from running to ready, a value or distribution, where answers do not speak of the readiness probe. Default 0s." example:"5s"`
	Run       *behaviour.RunTime  `yaml:"run" doc:"How long it runs by itself, a value, a distribution or forever. Default forever; an init container ends at once." example:"{exponential: {mean: 10m}}"`
	Exit      *numberDist         `yaml:"exit" doc:"Exit code after run, a number from 0 to 255 or a distribution. Default 0, or 137 where the reason is OOMKilled." example:"1"`
	Reason    *string             `yaml:"reason" doc:"Reason of the end after run. Default Completed where the code is 0, else Error." example:"OOMKilled"`
	Restarts  []startBlock        `yaml:"restarts" doc:"Run, exit and reason start by start; the last holds for all that follow. What a start leaves out is as run, exit and reason beside it say." example:"[{run: 5s, exit: 1}, {run: 5s, exit: 137, reason: OOMKilled}, {run: forever}]"`
	Stop      *behaviour.StopTime `yaml:"stop" doc:"Time from SIGTERM to its end: a value or distribution, ignore, or {after, exit}. Default 0s, with exit code 143." example:"{after: 4s, exit: 0}"`
	PostStart *hookBlock          `yaml:"postStart" doc:"How the postStart hook goes; a bare duration is takes. Default: as answers say of its handler, at once and well where they do not." example:"{takes: 5s, exit: 1}"`
	PreStop   *hookBlock          `yaml:"preStop" doc:"How the preStop hook goes, as postStart." example:"20s"`
	Answers   []answersBlock      `yaml:"answers" doc:"What handlers of probes and hooks are answered; the first entry that is about a handler decides. Default: well and at once." example:"[{exec: live, says: [{exit: 0}, {from: 20s, exit: 1}, {from: 9s, takes: 3s}]}, {httpGet: /ready, says: [{from: 10s, restart: 0, status: 503}], failEvery: {exponential: {mean: 1h}}, failFor: 30s}]"`
	Ports     []portBlock         `yaml:"ports" doc:"When ports are open; who connects to a closed one is refused. A port that is not named is open." example:"[{port: 8080, open: [{from: 3s, to: 20s}, {from: 35s}]}]"`
	Until     *untilBlock         `yaml:"until" doc:"What the container waits for before it ends with exit, in place of run: a service, a pod or a time." example:"{service: db, ready: 1, every: 2s}"`
	Pull      pullList            `yaml:"pull" doc:"How pulling its image goes, by time since the pod first tried: a duration, an entry, or a list of them. Default: as registries and catalogue have it." example:"[{error: not found, takes: 2s}, {from: 25s, takes: 4s}]"`
	Usage     *usageBlock         `yaml:"usage" doc:"What it uses while it runs. Default: nothing is said." example:"{cpu: {value: 200m, perRequest: 5m, noise: {uniform: {min: 0.8, max: 1.2}}, every: 30s}, memory: [{value: 100Mi}, {from: 10m, value: 1Gi, ramp: true}], pids: 20, writableLayer: 1Ki, inodes: 0.1, emptyDir: {scratch: 1Mi}}"`
}

type startBlock struct {
	Run    *behaviour.RunTime `yaml:"run" doc:"As run."`
	Exit   *numberDist        `yaml:"exit" doc:"As exit."`
	Reason string             `yaml:"reason" doc:"As reason."`
}

type hookBlock struct {
	Takes  *durationDist `yaml:"takes" doc:"How long it lasts, a value or distribution. Default 0s."`
	Exit   *exitCode     `yaml:"exit" doc:"Exit code of its command; an httpGet fails when it is not 0. Default 0."`
	Output string        `yaml:"output" doc:"What the command prints."`
}

type answersBlock struct {
	made behaviour.Answers

	Exec              *string       `yaml:"exec" doc:"About commands with this word, * for all commands."`
	HTTPGet           *string       `yaml:"httpGet" doc:"About requests for this path, * for all paths."`
	TCPSocket         *portName     `yaml:"tcpSocket" doc:"About connections to this port, by number or name, * for all ports."`
	GRPC              *string       `yaml:"grpc" doc:"About health checks of this service, * for all services. With none of exec, httpGet, tcpSocket and grpc the entry is about all handlers."`
	Port              *portName     `yaml:"port" doc:"Only on this port, by number or name, for httpGet and grpc. Default: any."`
	Says              []saysBlock   `yaml:"says" doc:"The course of the answers."`
	FailEvery         *durationDist `yaml:"failEvery" doc:"Time from the start, and from each repair, to the next failure, a value or distribution. Default: none."`
	FailFor           *durationDist `yaml:"failFor" doc:"Time from a failure to its repair, a value or distribution."`
	FailWith          *replyBlock   `yaml:"failWith" doc:"The answer meanwhile. Default fails."`
	SlowWhenThrottled bool          `yaml:"slowWhenThrottled" doc:"An answer takes longer, by as much as the container gets less CPU than it wants. Default false."`
}

type saysBlock struct {
	From       time.Duration `yaml:"from" doc:"Time since the container started, from which the entry holds, until a later one speaks of the same: of the answer, or of how long it takes. Default 0s."`
	Restart    *int32        `yaml:"restart" doc:"Only in this restart, 0 for the first start. Default: in all."`
	Takes      *durationDist `yaml:"takes" doc:"How long an answer takes, a value or distribution; beyond the timeout of a probe it fails."`
	replyBlock `yaml:",inline"`
}

type replyBlock struct {
	Exit     *exitCode `yaml:"exit" doc:"exec: exit code."`
	Output   *string   `yaml:"output" doc:"exec: what the command prints."`
	Status   *int32    `yaml:"status" doc:"httpGet: status code, 100 to 599."`
	Body     *string   `yaml:"body" doc:"httpGet: body of the response."`
	Redirect *string   `yaml:"redirect" doc:"httpGet: where a status from 300 to 399 leads, a path on the same host or a URL elsewhere. Default elsewhere."`
	Serving  *string   `yaml:"serving" doc:"grpc: SERVING, NOT_SERVING, UNKNOWN or SERVICE_UNKNOWN."`
	Refused  *bool     `yaml:"refused" doc:"httpGet, tcpSocket, grpc: the connection is refused, or is not."`
	Fails    *bool     `yaml:"fails" doc:"The plain failure of any handler (exit code 1, status 500, connection refused, NOT_SERVING), or its plain success."`
	Error    *string   `yaml:"error" doc:"An error of the handler itself, of which the kubelet concludes nothing."`
}

type portBlock struct {
	Port    int32           `yaml:"port" doc:"Number of the port."`
	Open    []intervalBlock `yaml:"open" doc:"When it is open, since the container started."`
	Restart *int32          `yaml:"restart" doc:"Only in this restart, 0 for the first start. Default: in all."`
}

type intervalBlock struct {
	From time.Duration  `yaml:"from" doc:"From when on. Default 0s."`
	To   *time.Duration `yaml:"to" doc:"Until when. Default: for good."`
}

type untilBlock struct {
	made behaviour.Until

	Service   string         `yaml:"service" doc:"Name of a Service that must have ready endpoints."`
	Ready     *int           `yaml:"ready" doc:"How many endpoints, at least. Default 1."`
	Pod       string         `yaml:"pod" doc:"Name of a pod that must be in state."`
	State     string         `yaml:"state" doc:"Ready, Running, Succeeded, Failed or Gone. Default Ready."`
	Namespace string         `yaml:"namespace" doc:"Namespace of the service or pod. Default: that of the container's pod."`
	Time      *instantOfRun  `yaml:"time" doc:"An instant of the run."`
	Every     *time.Duration `yaml:"every" doc:"How often it looks, from its start on. Default: it sees it at once."`
}

type pullBlock struct {
	Image string        `yaml:"image" doc:"Only this image. Default: any of the container's."`
	From  time.Duration `yaml:"from" doc:"Time since the pod first tried, from which the entry holds until a later one does; alone it says that pulls go as usual from then on. Default 0s."`
	Takes *durationDist `yaml:"takes" doc:"How long the pull takes, a value or distribution. Default: as the registry has it, or 0s where it fails."`
	Error string        `yaml:"error" doc:"It fails with this message. Default: it succeeds."`
}

type usageBlock struct {
	CPU           *curveBlock       `yaml:"cpu" doc:"Cores that it wants: a quantity, a list of points, or the fields of a curve."`
	Memory        *curveBlock       `yaml:"memory" doc:"Bytes that it holds, as cpu."`
	PIDs          *curveBlock       `yaml:"pids" doc:"Processes that it has, as cpu."`
	WritableLayer *amount           `yaml:"writableLayer" doc:"Bytes that it writes into its own layer, a second. Default 0."`
	EmptyDir      map[string]amount `yaml:"emptyDir" doc:"Bytes that it writes into emptyDir volumes, a second, by name of the volume."`
	Volumes       map[string]amount `yaml:"volumes" doc:"The same for volumes that outlive the pod: paths of the host and claims."`
	Inodes        *amount           `yaml:"inodes" doc:"Files that it makes in its own layer, a second. Default 0."`
}

type curveBlock struct {
	made *behaviour.Curve

	Value      *amount       `yaml:"value" doc:"An amount that stays; in place of points."`
	Points     []pointBlock  `yaml:"points" doc:"Amounts by time since the container started, in order."`
	Daily      []dailyBlock  `yaml:"daily" doc:"Factors by time of day, in order, each holding until the next."`
	Noise      *factorDist   `yaml:"noise" doc:"A factor, a distribution of numbers."`
	Every      time.Duration `yaml:"every" doc:"How often noise is drawn anew. Default 1m."`
	PerRequest *amount       `yaml:"perRequest" doc:"So much more for each request a second that its Service sends it. Default 0."`
}

type pointBlock struct {
	From  time.Duration `yaml:"from" doc:"Time since the container started. Default 0s."`
	Value amount        `yaml:"value" doc:"The amount from then on."`
	Ramp  bool          `yaml:"ramp" doc:"It is reached in a straight line from the point before. Default false."`
}

type dailyBlock struct {
	At    time.Duration `yaml:"at" doc:"Time since midnight, under 24h."`
	Times float64       `yaml:"times" doc:"The factor from then on."`
}

// Types that have a form of their own in a behaviour.
type (
	portName     string // a number or a name
	instantOfRun struct{ sim.Time }
	amount       float64 // a quantity
	factorDist   struct{ sim.Dist }
	pullList     []pullBlock
)
