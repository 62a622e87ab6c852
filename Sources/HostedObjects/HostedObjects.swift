// HostedObjects
