echo "LAB-READY $(cut -d' ' -f1 /proc/uptime)"
