console.log('sheaf');
